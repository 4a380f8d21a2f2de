'use strict';
(function () {
  var root = document.documentElement;
  root.classList.add('js');

  // A choice is kept where the browser lets a local file keep one; else it holds for this page.
  function recall(key) { try { return window.localStorage.getItem('otaudit.' + key); } catch (e) { return null; } }
  function keep(key, value) { try { window.localStorage.setItem('otaudit.' + key, value); } catch (e) { /* not kept */ } }
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function choose(name, value) { all('input[name="' + name + '"]').forEach(function (i) { i.checked = i.value === value; }); }

  function setLanguage(language) {
    root.setAttribute('data-lang', language);
    root.lang = language === 'zh' ? 'zh-Hans' : 'en';
    choose('lang', language);
    all('svg title[data-' + language + ']').forEach(function (t) { t.textContent = t.getAttribute('data-' + language); });
  }
  function setTheme(theme) {
    if (theme === 'light' || theme === 'dark') { root.setAttribute('data-theme', theme); } else { root.removeAttribute('data-theme'); theme = 'auto'; }
    choose('theme', theme);
  }
  var wanted = recall('lang') || ((navigator.languages && navigator.languages[0]) || navigator.language || 'en');
  setLanguage(/^zh/i.test(wanted) ? 'zh' : 'en');
  setTheme(recall('theme'));
  all('input[name="lang"]').forEach(function (i) { i.addEventListener('change', function () { setLanguage(i.value); keep('lang', i.value); }); });
  all('input[name="theme"]').forEach(function (i) { i.addEventListener('change', function () { setTheme(i.value); keep('theme', i.value); }); });

  // Filter of the checks
  var form = document.getElementById('filters');
  function chosen(name) { return all('input[name="' + name + '"]:checked', form).map(function (i) { return i.value; }); }
  function text(node) { if (node.searchText === undefined) { node.searchText = node.textContent.toLowerCase(); } return node.searchText; }
  function matchesText(rule, words) {
    var items = all('.findings > li', rule);
    var whole = words.every(function (w) { return text(rule).indexOf(w) >= 0; });
    var some = false;
    items.forEach(function (li) {
      var hit = words.every(function (w) { return text(li).indexOf(w) >= 0; });
      some = some || hit;
      li.wanted = hit;
    });
    items.forEach(function (li) { li.hidden = words.length > 0 && some && !li.wanted; });
    return whole;
  }
  function filter() {
    var v = chosen('v'), s = chosen('s'), f = chosen('f');
    var words = document.getElementById('q').value.toLowerCase().split(/\s+/).filter(Boolean);
    var shown = 0;
    all('.rule').forEach(function (rule) {
      var frameworks = rule.dataset.f.split(' ');
      var fits = (!v.length || v.indexOf(rule.dataset.v) >= 0) && (!s.length || s.indexOf(rule.dataset.s) >= 0) &&
        (!f.length || f.some(function (x) { return frameworks.indexOf(x) >= 0; })) && matchesText(rule, words);
      rule.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    all('.group').forEach(function (group) { group.hidden = !group.querySelector('.rule:not([hidden])'); });
    all('.framework').forEach(function (framework, n) { framework.hidden = f.length > 0 && f.indexOf(String(n)) < 0; });
    document.querySelector('#shown b').textContent = shown;
    document.getElementById('none').hidden = shown > 0;
  }
  function later(action) { var timer; return function () { clearTimeout(timer); timer = setTimeout(action, 120); }; }
  if (form) {
    form.addEventListener('change', filter);
    form.addEventListener('input', later(filter));
    form.addEventListener('reset', function () { setTimeout(filter, 0); });
    form.addEventListener('submit', function (e) { e.preventDefault(); });
  }

  // Devices: search and sort
  var table = document.getElementById('device-table');
  if (table) {
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows);
    var box = document.getElementById('dq');
    box.addEventListener('input', later(function () {
      var words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      var shown = 0;
      rows.forEach(function (row) {
        row.hidden = !words.every(function (w) { return text(row).indexOf(w) >= 0; });
        shown += row.hidden ? 0 : 1;
      });
      document.querySelector('#dshown b').textContent = shown;
    }));
    var value = function (row, n, numeric) {
      var cell = row.cells[n];
      var raw = cell.dataset.sort !== undefined ? cell.dataset.sort : cell.textContent.trim();
      return numeric ? (raw === '' ? -Infinity : parseFloat(raw)) : raw.toLowerCase();
    };
    all('thead th', table).forEach(function (th, n) {
      var button = document.createElement('button');
      button.type = 'button';
      while (th.firstChild) { button.appendChild(th.firstChild); }
      th.appendChild(button);
      button.addEventListener('click', function () {
        var numeric = th.hasAttribute('data-number');
        var down = th.getAttribute('aria-sort') === (numeric ? 'descending' : 'ascending') ? numeric : !numeric;
        var sign = down ? 1 : -1;
        all('thead th', table).forEach(function (other) { other.removeAttribute('aria-sort'); });
        th.setAttribute('aria-sort', down ? 'ascending' : 'descending');
        var keyed = rows.map(function (row, i) { return [value(row, n, numeric), i, row]; });
        var order = new Intl.Collator(undefined, { numeric: true }).compare;
        keyed.sort(function (a, b) { return (numeric ? (a[0] === b[0] ? 0 : a[0] < b[0] ? -1 : 1) : order(a[0], b[0])) * sign || a[1] - b[1]; });
        keyed.forEach(function (k) { body.appendChild(k[2]); });
      });
    });
  }

  // A map wider than the window begins at its middle
  var map = document.querySelector('.map');
  if (map) { map.scrollLeft = (map.scrollWidth - map.clientWidth) / 2; }

  // Copy a display filter
  function select(node) {
    var range = document.createRange();
    range.selectNodeContents(node);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }
  document.addEventListener('click', function (e) {
    var button = e.target.closest ? e.target.closest('.copy') : null;
    if (!button) { return; }
    var code = button.parentNode.querySelector('code');
    function done() { button.classList.add('done'); setTimeout(function () { button.classList.remove('done'); }, 1500); }
    function fallback() { select(code); try { if (document.execCommand('copy')) { done(); } } catch (err) { /* it is selected */ } }
    if (navigator.clipboard && navigator.clipboard.writeText) { navigator.clipboard.writeText(code.textContent).then(done, fallback); } else { fallback(); }
  });

  // A link into a folded or filtered part opens it
  function reveal() {
    var target = null;
    try { target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null; } catch (e) { return; }
    if (!target) { return; }
    if (target.hidden || (target.closest && target.closest('[hidden]'))) { if (form) { form.reset(); filter(); } }
    for (var node = target; node; node = node.parentElement) { if (node.tagName === 'DETAILS') { node.open = true; } }
    target.scrollIntoView();
  }
  window.addEventListener('hashchange', reveal);
  reveal();

  // Paper shows everything
  var opened = [];
  window.addEventListener('beforeprint', function () { opened = all('details:not([open])'); opened.forEach(function (d) { d.open = true; }); });
  window.addEventListener('afterprint', function () { opened.forEach(function (d) { d.open = false; }); opened = []; });
})();
