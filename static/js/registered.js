// Tells the LMS that its administrator is done here (Dynamic Registration 1.0, 3.6): it closes the frame or window.
const lms = window.opener || (window.parent !== window ? window.parent : null);
lms?.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
