// The server writes times in UTC; here they become the reader's own.
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'long' });
const ofDay = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const zone = new Intl.DateTimeFormat(undefined, { timeZoneName: 'short' }).formatToParts(0).find(part => part.type === 'timeZoneName').value;

function localize() {
  for (const element of document.querySelectorAll('time[datetime]')) {
    const at = new Date(element.dateTime);
    element.title = exact.format(at);
    if (element.closest('.timeline')) element.textContent = ofDay.format(at);
  }
  for (const element of document.querySelectorAll('[data-zone]')) element.textContent = zone;
}

localize();
document.addEventListener('refreshed', localize);
