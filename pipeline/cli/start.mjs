#!/usr/bin/env node
// Plain JavaScript, so that an older Node can print this error.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  const [command, ...options] = process.argv.slice(2);
  const script = ['demo', 'serve'].includes(command)
    ? `npm run ${command} --`
    : `npm run -s cinematch -- ${command ?? ''}`;
  const line = [script, ...options].join(' ').replace(/ --$/, '').trim();
  console.error(
    `CineMatch needs Node 22.18 or newer, this is ${process.versions.node}. Run it as: npx -y -p node@24 -c '${line}'\nInstall the packages with that Node too, once: npx -y -p node@24 -c 'npm ci'`,
  );
  process.exit(1);
}
// Compiled code is kept in the folder for temporary files, so that later commands start faster.
(await import('node:module')).enableCompileCache();
await import('./main.ts');
