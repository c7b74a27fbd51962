/** The most memory this process has had in use at once (resident set size), bytes. */
export function peakMemoryBytes(): number {
  return process.resourceUsage().maxRSS * 1024;
}
