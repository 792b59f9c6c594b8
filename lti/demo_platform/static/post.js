// Sends the page's one form at once; without script its button does.
document.getElementById("ltiAuthForm").submit();
