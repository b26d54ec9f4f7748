// Filters, copying, and links into what is folded away. Without it the page says all the same.
'use strict';
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // ---- Filters
  const form = document.getElementById('filters');
  if (form) {
    const findings = all('.finding').map((item) => ({
      item,
      severity: item.dataset.severity,
      family: item.dataset.family,
      text: (item.textContent + ' ' + item.closest('.chapter').id).toLowerCase(),
    }));
    const groups = all('#findings article, #findings .chapter');
    const shown = document.getElementById('shown');
    const apply = () => {
      const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
      const family = form.elements.family.value;
      const severities = new Set(all('[name=severity]:checked', form).map((box) => box.value));
      let count = 0;
      for (const each of findings) {
        const fits = severities.has(each.severity) && (!family || each.family === family) &&
          words.every((word) => each.text.includes(word));
        each.item.hidden = !fits;
        if (fits) count++;
      }
      for (const group of groups) group.hidden = !group.querySelector('.finding:not([hidden])');
      shown.textContent = count === findings.length ? `${count} findings` : `${count} of ${findings.length} findings`;
    };
    let waiting = 0;
    form.addEventListener('input', () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(apply);
    });
    form.addEventListener('submit', (event) => event.preventDefault());
    form.hidden = false;
    apply();
    // A link to a finding must find it, whatever is filtered out.
    addEventListener('hashchange', () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target && target.closest('[hidden]')) {
        form.reset();
        apply();
        target.scrollIntoView();
      }
    });
  }

  // ---- What is folded away
  const unfold = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let each = target && target.closest('details'); each; each = each.parentElement.closest('details')) {
      each.open = true;
    }
    if (target) target.scrollIntoView();
  };
  addEventListener('hashchange', unfold);
  unfold();
  let folded = [];
  addEventListener('beforeprint', () => {
    folded = all('details:not([open])');
    for (const each of folded) each.open = true;
  });
  addEventListener('afterprint', () => {
    for (const each of folded) each.open = false;
  });

  // ---- Copying
  const copy = async (button) => {
    const code = button.parentElement.querySelector('code');
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      // A page from a disk may not: select it, and let the browser's own command copy.
      const range = document.createRange();
      range.selectNodeContents(code);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      document.execCommand('copy');
    }
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  };
  for (const button of all('.copy')) {
    button.hidden = false;
    button.addEventListener('click', () => copy(button));
  }
})();
