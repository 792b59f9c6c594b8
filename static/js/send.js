// Sends the page's one form on at once; without script its button does.
document.querySelector("form[data-send]")?.requestSubmit();
