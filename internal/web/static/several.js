// Cards that are selected: how many, and what the button then says.
export function pick(main) {
  const form = main.querySelector('#several');
  if (!form) return;
  const count = () => {
    const picked = main.querySelectorAll('.pick :checked').length;
    const desktops = `${picked} desktop${picked === 1 ? '' : 's'}`;
    form.querySelector('[data-picked]').textContent = `${desktops} selected`;
    form.querySelector('[data-destroys]').textContent = `Destroy ${desktops}`;
  };
  main.addEventListener('change', event => event.target.closest('.pick') && count());
  form.addEventListener('reset', () => setTimeout(count));
  document.addEventListener('refreshed', count);
  count();
}
