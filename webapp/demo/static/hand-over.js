/** Posts the ticket on by itself; without scripts the page's button does. */
const form = document.querySelector("form[data-hand-over]");
const [visit] = performance.getEntriesByType("navigation");
// Whoever comes back to this page has a ticket that was used: they shall see the page, not be sent off again.
const cameBack = visit instanceof PerformanceNavigationTiming && visit.type === "back_forward";
if (form instanceof HTMLFormElement && !cameBack) form.submit();
