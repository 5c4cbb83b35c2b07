/** Moves the code of an invitation from behind the `#` of the address into its field, and out of the address and its history. */
const field = document.querySelector<HTMLInputElement>('#code');
const code = location.hash.slice(1);
if (field && /^[\w-]{20,100}$/.test(code)) {
  field.value = code;
  history.replaceState(null, '', location.pathname);
  document.querySelector<HTMLInputElement>('#name')?.focus();
}
