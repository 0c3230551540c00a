// The token of the link goes into the form, and out of the address and the history.
const token = location.hash.slice(1);
if (token) {
  document.getElementById("id_token").value = token;
  history.replaceState(null, "", location.pathname);
}
