// Extending is a form; here it is sent without leaving the page.
addEventListener('submit', async event => {
  const form = event.target;
  if (!form.matches('form.extend')) return;
  event.preventDefault();
  form.querySelector('button').disabled = true;
  try {
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), redirect: 'manual' });
    if (answer.type !== 'opaqueredirect') throw new Error(answer.statusText);
    document.dispatchEvent(new Event('changed'));
  } catch {
    form.submit(); // whatever is wrong, the server has a page that says so
  }
});
