/* Contacts that were picked stay listed above the table while it shows another search or page. */
{
  const picked = document.getElementById('picked');
  const count = document.getElementById('picked-count');
  const found = document.getElementById('contacts-found');
  const inTable = (id) => document.querySelector(`#contacts input[name="contact"][value="${id}"]`);
  const inList = (id) => picked.querySelector(`input[value="${id}"]`);

  function pick({ value, dataset }) {
    if (inList(value)) return;
    const box = Object.assign(document.createElement('input'), { type: 'checkbox', name: 'contact', value });
    const name = Object.assign(document.createElement('bdi'), { textContent: dataset.name });
    const label = document.createElement('label');
    const item = document.createElement('li');
    box.checked = true;
    label.append(box, ' ', name);
    item.append(label);
    picked.append(item);
  }

  function drop(id) {
    const item = inList(id)?.closest('li');
    const neighbour = item?.nextElementSibling ?? item?.previousElementSibling;
    if (item?.contains(document.activeElement)) (neighbour?.querySelector('input') ?? inTable(id))?.focus();
    item?.remove();
    const box = inTable(id);
    if (box) box.checked = false;
  }

  /* The table is new: its boxes say what is picked. */
  function showPicked() {
    for (const { value } of picked.querySelectorAll('input')) {
      const box = inTable(value);
      if (box) box.checked = true;
    }
    tell();
  }

  function tell() {
    const { length } = picked.children;
    count.textContent = length === 0 ? 'Tick them in the table below.' : `${length} picked`;
  }

  document.addEventListener('change', ({ target }) => {
    if (target.name !== 'contact') return;
    if (target.checked) pick(target);
    else drop(target.value);
    tell();
  });
  document.addEventListener('htmx:afterSwap', () => {
    showPicked();
    const { length } = document.querySelectorAll('#contacts tbody tr');
    found.textContent = length === 0 ? 'No contact matches.' : `${length} contacts shown.`;
  });

  /* Browsers tick anew what was ticked before a page is loaded again. */
  window.addEventListener('pageshow', () => {
    for (const box of document.querySelectorAll('#contacts input[name="contact"]:checked')) pick(box);
    showPicked();
  });

  /* Back and forward change the table only: htmx would load the whole page, and what was picked would be lost. */
  window.addEventListener('popstate', (event) => {
    if (!event.state?.htmx) return;
    event.stopImmediatePropagation();
    const view = new URLSearchParams(location.search);
    for (const field of ['q', 'portal_user']) document.getElementById(field).value = view.get(field) ?? '';
    htmx.ajax('GET', location.pathname + location.search, { target: '#contacts', swap: 'outerHTML' });
  });
}
