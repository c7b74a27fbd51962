const MASK = '***';

/** Secrets that no message may carry. */
export interface Masked {
  /** From here on it is a secret. */
  add(secret: string): void;
  /** The text without them. */
  hide(text: string): string;
}

/** @param onSecret hears of each, so that a runner can mask it in its log as well. */
export function maskSecrets(onSecret: (secret: string) => void): Masked {
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
