/* What the console's pages do beyond links and forms. Everything works without it, by whole pages. */

const dialog = document.getElementById('dialog');

/* A question that a script loads is asked in the dialog. */
document.addEventListener('htmx:afterSwap', ({ detail }) => {
  if (detail.target === dialog && !dialog.open) dialog.showModal();
});
document.addEventListener('click', (event) => {
  if (event.target.closest('[data-close]') && dialog.open) {
    event.preventDefault();
    dialog.close();
  }
});

/* A second click sends nothing a second time. */
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.hasAttribute('hx-post') || form.hasAttribute('hx-get') || form.method !== 'post') return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = 'yes';
});
window.addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});

/* Ticking all of a page, or everyone that matches. */
function showTicks() {
  const page = document.querySelector('[data-check-page]');
  if (!page) return;
  page.hidden = false;
  const boxes = [...document.querySelectorAll('input[name="ids"]')];
  const ticked = boxes.filter((box) => box.checked).length;
  page.checked = boxes.length > 0 && ticked === boxes.length;
  page.indeterminate = ticked > 0 && ticked < boxes.length;
  const everyone = document.querySelector('input[name="everyone"]');
  for (const box of [page, ...boxes]) box.disabled = everyone?.checked ?? false;
}
document.addEventListener('change', ({ target }) => {
  if (target.matches('[data-check-page]')) {
    for (const box of document.querySelectorAll('input[name="ids"]')) box.checked = target.checked;
  }
  if (target.name === 'everyone') {
    for (const box of document.querySelectorAll('input[name="ids"]')) box.checked = target.checked;
  }
  showTicks();
});
document.addEventListener('htmx:afterSettle', showTicks);
window.addEventListener('pageshow', showTicks);

/* Rows change by themselves. Hidden tabs listen to nothing: a browser has few connections to one server. */
let changes;
let countingSoon = false;
function listen() {
  const address = document.querySelector('[data-live]')?.dataset.live;
  if (document.hidden || !address) {
    changes?.close();
    changes = undefined;
    return;
  }
  if (changes) return;
  changes = new EventSource(address);
  changes.addEventListener('message', ({ data }) => {
    for (const id of data.split(' ')) {
      if (id === '*') refreshAll();
      else refresh(document.getElementById(`user-${id}`));
    }
    countSoon();
  });
}
/* Counting costs more than a row: it waits for some changes to come together. */
function countSoon() {
  if (countingSoon) return;
  countingSoon = true;
  setTimeout(() => {
    countingSoon = false;
    const facets = document.getElementById('facets');
    if (facets) htmx.trigger(facets, 'changed');
  }, 2_000);
}
function refreshAll() {
  for (const part of document.querySelectorAll('[id^="user-"]')) refresh(part);
}
/* The row of an erased user leaves the list. */
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  const row = detail.requestConfig.elt;
  if (detail.xhr.status !== 404 || !row.matches('tr[id^="user-"]')) return;
  detail.shouldSwap = false;
  row.remove();
});
/* What somebody is typing into is left alone. */
function refresh(part) {
  if (part && !part.querySelector('details[open] form')) htmx.trigger(part, 'changed');
}
document.addEventListener('visibilitychange', listen);
window.addEventListener('pagehide', () => {
  changes?.close();
  changes = undefined;
});
window.addEventListener('pageshow', listen);

/* A page that refreshes itself is in nobody's use: the server ends its session after an hour all the same. */
document.addEventListener('htmx:configRequest', ({ detail }) => {
  if (!detail.triggeringEvent?.isTrusted) detail.headers['X-Background'] = 'yes';
});

/* A server that went away says nothing, so we do. */
document.addEventListener('htmx:sendError', () => {
  const line = document.createElement('p');
  line.className = 'notice problem';
  line.setAttribute('role', 'alert');
  line.textContent = 'The server does not answer. Nothing was changed; please try again in a moment.';
  document.getElementById('messages').replaceChildren(line);
});
