/** Whether `topic` is under `filter`, levels alone, `+` and `#` (MQTT 3.1.1, 4.7.1; 4.7.2: what begins with `$` is under no wildcard). */
export function matches(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false;
  for (let n = 0; n < wanted.length; n++) {
    if (wanted[n] === '#') return true;
    if (n >= levels.length || (wanted[n] !== '+' && wanted[n] !== levels[n])) return false;
  }
  return wanted.length === levels.length;
}
