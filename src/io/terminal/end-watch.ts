import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Waits for a line. Where the pipe ends without one, whoever held its other end was killed: then the process that is named gets a
 * SIGTERM, and after it those that it started; the other way round, a shell would start its next command. Containers often lack
 * programs that list processes, so on Linux the shell reads them itself: the parent's number is the second word after the name in
 * parentheses.
 */
const script = `
read -r line && exit
below() {
  if [ ! -r /proc/self/stat ]; then pgrep -P "$1"; return; fi
  for file in /proc/[0-9]*/stat; do
    read -r line < "$file" || continue
    set -- "$1" \${line##*) }
    [ "$3" = "$1" ] || continue
    file=\${file#/proc/}
    echo "\${file%/stat}"
  done
}
end() {
  children=$(below "$1")
  kill -TERM "$1"
  for child in $children; do end "$child"; done
}
end "$1" 2> /dev/null`;

/**
 * Makes a process end with this one, however this one ends: of a kill -9, only the system can tell somebody else. On Windows,
 * and where there is no shell, nobody watches. Returns what ends the watch.
 */
export function endWith(pid: number): () => Promise<void> {
  if (process.platform === 'win32') return async () => {};
  // In a session of its own: a signal for all processes of a terminal is not for it.
  const watch = spawn('/bin/sh', ['-c', script, 'sh', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const ended = once(watch, 'exit').catch(() => {});
  watch.stdin.on('error', () => {});
  return async () => {
    watch.stdin.end('\n');
    await ended;
  };
}
