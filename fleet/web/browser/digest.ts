/** Computes the hash of a file that somebody chooses and puts it into a field; the file stays where it is. */
for (const part of document.querySelectorAll<HTMLElement>('[data-hashes]')) {
  const file = part.querySelector<HTMLInputElement>('input[type=file]');
  const target = document.getElementById(part.dataset.hashes ?? '');
  if (!file || !(target instanceof HTMLInputElement)) continue;
  part.hidden = false;
  file.addEventListener('change', async () => {
    const [chosen] = file.files ?? [];
    target.value = '';
    if (!chosen) return;
    const hash = await crypto.subtle.digest('SHA-256', await chosen.arrayBuffer());
    target.value = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  });
}
