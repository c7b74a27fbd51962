const MASK = '***';

/** A list of secrets that messages must not show. */
export interface SecretMask {
  add(secret: string): void;
  /** Replaces the secrets in a text. */
  hide(text: string): string;
}

/** @param onSecret called with each secret, so that a runner can also mask it in its log. */
export function maskSecrets(onSecret: (secret: string) => void): SecretMask {
  const secrets = new Set<string>();
  return {
    add: (secret) => {
      if (secret === '' || secrets.has(secret)) return;
      secrets.add(secret);
      onSecret(secret);
    },
    hide: (text) => [...secrets].reduce((hidden, secret) => hidden.replaceAll(secret, MASK), text),
  };
}
