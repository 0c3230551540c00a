// The code that follows the # of a link goes into the form and out of the address, where it could be seen.
"use strict";

const code = window.location.hash.slice(1);
const field = document.querySelector("form[data-from-link] input[name=token]");
if (field && code) {
  field.value = code;
  history.replaceState(null, "", window.location.pathname + window.location.search);
}
if (field && field.value) {
  field.closest(".field").hidden = true;
}
