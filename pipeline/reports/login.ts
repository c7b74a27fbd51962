/** A person's login as code, which notifies nobody: `octocat`. What no login may hold is left out. */
export function loginSpan(login: string): string {
  return `\`${login.replace(/[^A-Za-z0-9_[\]-]/g, '')}\``;
}
