// The dialog is done: the page around it shows the course.
document.getElementById("to-course").click();
