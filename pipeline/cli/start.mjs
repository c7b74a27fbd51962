#!/usr/bin/env node
// Plain JavaScript, so that a Node too old to run the rest can still say so.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `CineMatch needs Node 22.18 or newer, this is ${process.versions.node}. Run it as: npx -y -p node@24 -c 'npm ci && npm run demo'`,
  );
  process.exit(1);
}
await import('./main.ts');
