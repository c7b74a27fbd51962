/** A person's login without the characters that no login has. */
export const plainLogin = (login: string): string => login.replace(/[^A-Za-z0-9_[\]-]/g, '');

/** A person's login as code, which notifies nobody: `octocat`. */
export const loginSpan = (login: string): string => `\`${plainLogin(login)}\``;
