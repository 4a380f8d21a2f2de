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
    all('input[name="lang"]').forEach(function (i) { if (i.value === language) { root.lang = i.getAttribute('data-tag'); } });
    choose('lang', language);
    var name = 'data-' + language.toLowerCase();
    all('svg title[' + name + ']').forEach(function (t) { t.textContent = t.getAttribute(name); });
  }
  function setTheme(theme) {
    if (theme === 'light' || theme === 'dark') { root.setAttribute('data-theme', theme); } else { root.removeAttribute('data-theme'); theme = 'auto'; }
    choose('theme', theme);
  }
  var wanted = root.getAttribute('data-asked') || recall('lang') || ((navigator.languages && navigator.languages[0]) || navigator.language || 'en');
  function spoken(length) {
    function begin(tag) { return tag.toLowerCase().split(/[-_]/).slice(0, length).join('-'); }
    return all('input[name="lang"]').map(function (i) { return i.value; }).filter(function (l) { return begin(l) === begin(wanted); })[0];
  }
  setLanguage(spoken(2) || spoken(1) || 'en');
  setTheme(recall('theme'));
  all('input[name="lang"]').forEach(function (i) { i.addEventListener('change', function () { setLanguage(i.value); keep('lang', i.value); }); });
  all('input[name="theme"]').forEach(function (i) { i.addEventListener('change', function () { setTheme(i.value); keep('theme', i.value); }); });

  // The address names a section or something in it, and after a question mark how the section is filtered:
  // #findings?v=fail&q=10.20, #devices?q=plc&sort=packets
  function address() {
    var raw = location.hash.slice(1), cut = raw.indexOf('?');
    var id = cut < 0 ? raw : raw.slice(0, cut);
    try { id = decodeURIComponent(id); } catch (e) { /* as it is */ }
    return { id: id, filters: new URLSearchParams(cut < 0 ? '' : raw.slice(cut + 1)) };
  }
  function write(id, filters) {
    var text = String(filters);
    try { history.replaceState(null, '', '#' + id + (text ? '?' + text : '')); } catch (e) { /* the page works without */ }
  }

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
    var v = chosen('v'), s = chosen('s'), f = chosen('f'), c = chosen('c'), a = chosen('a');
    var words = document.getElementById('q').value.toLowerCase().split(/\s+/).filter(Boolean);
    var active = v.length + s.length + f.length + c.length + a.length + words.length > 0;
    var shown = 0;
    all('#findings .rule').forEach(function (rule) {
      var frameworks = all('.chips li', rule).map(function (li) { return li.dataset.f || li.firstChild.textContent; }), audience = rule.dataset.a.split(' ');
      var fits = (!v.length || v.indexOf(rule.dataset.v) >= 0) && (!s.length || s.indexOf(rule.dataset.s) >= 0) &&
        (!c.length || c.indexOf(rule.dataset.c) >= 0) && (!a.length || a.some(function (x) { return audience.indexOf(x) >= 0; })) &&
        (!f.length || f.some(function (x) { return frameworks.indexOf(x) >= 0; })) && matchesText(rule, words);
      rule.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    all('#findings .group, #findings .cause').forEach(function (group) {
      group.hidden = active && !group.querySelector('.rule:not([hidden])');
      if (group.tagName === 'DETAILS') { group.open = active && !group.hidden; }
    });
    all('.framework').forEach(function (framework) { framework.hidden = f.length > 0 && f.indexOf(framework.dataset.f) < 0; });
    document.querySelector('#shown b').textContent = shown;
    document.getElementById('none').hidden = shown > 0;
  }
  function remember() {
    var filters = new URLSearchParams();
    ['f', 'v', 's', 'c', 'a'].forEach(function (name) { if (chosen(name).length) { filters.set(name, chosen(name).join(',')); } });
    if (document.getElementById('q').value) { filters.set('q', document.getElementById('q').value); }
    write('findings', filters);
  }
  function restore(filters) {
    ['f', 'v', 's', 'c', 'a'].forEach(function (name) {
      var values = (filters.get(name) || '').split(',');
      all('input[name="' + name + '"]', form).forEach(function (i) { i.checked = values.indexOf(i.value) >= 0; });
    });
    document.getElementById('q').value = filters.get('q') || '';
    filter();
  }
  function later(action) { var timer; return function () { clearTimeout(timer); timer = setTimeout(action, 120); }; }
  function changed() { filter(); remember(); }
  if (form) {
    form.addEventListener('change', changed);
    form.addEventListener('input', later(changed));
    form.addEventListener('reset', function () { setTimeout(changed, 0); });
    form.addEventListener('submit', function (e) { e.preventDefault(); });
    document.getElementById('unfold').addEventListener('click', function () {
      var details = all('#findings details').filter(function (d) { return !d.closest('[hidden]'); });
      var open = details.some(function (d) { return !d.open; });
      details.forEach(function (d) { d.open = open; });
    });
  }

  // Devices: search and sort
  var table = document.getElementById('device-table');
  if (table) {
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows);
    var box = document.getElementById('dq');
    var sorted = { key: '', down: false };
    var search = function () {
      var words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      var shown = 0;
      rows.forEach(function (row) {
        row.hidden = !words.every(function (w) { return text(row).indexOf(w) >= 0; });
        shown += row.hidden ? 0 : 1;
      });
      document.querySelector('#dshown b').textContent = shown;
    };
    var note = function () {
      var filters = new URLSearchParams();
      if (box.value) { filters.set('q', box.value); }
      if (sorted.key) { filters.set('sort', (sorted.down ? '-' : '') + sorted.key); }
      write('devices', filters);
    };
    box.addEventListener('input', later(function () { search(); note(); }));
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
        sort(th, n, th.getAttribute('aria-sort') === (numeric ? 'descending' : 'ascending') ? numeric : !numeric, numeric);
        note();
      });
    });
    var sort = function (th, n, up, numeric) {
      var sign = up ? 1 : -1;
      sorted = { key: th.dataset.key, down: !up };
      all('thead th', table).forEach(function (other) { other.removeAttribute('aria-sort'); });
      th.setAttribute('aria-sort', up ? 'ascending' : 'descending');
      var keyed = rows.map(function (row, i) { return [value(row, n, numeric), i, row]; });
      var order = new Intl.Collator(undefined, { numeric: true }).compare;
      keyed.sort(function (a, b) { return (numeric ? (a[0] === b[0] ? 0 : a[0] < b[0] ? -1 : 1) : order(a[0], b[0])) * sign || a[1] - b[1]; });
      keyed.forEach(function (k) { body.appendChild(k[2]); });
    };
    var restoreDevices = function (filters) {
      box.value = filters.get('q') || '';
      search();
      var key = (filters.get('sort') || '').replace(/^-/, '');
      all('thead th', table).forEach(function (th, n) {
        if (th.dataset.key === key) { sort(th, n, filters.get('sort').charAt(0) !== '-', th.hasAttribute('data-number')); }
      });
    };
  }

  // Copy a display filter
  function select(node) {
    var range = document.createRange();
    range.selectNodeContents(node);
    var selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }
  var model = document.getElementById('copy-model');
  all('.copyable').forEach(function (place) {
    var button = place.appendChild(model.cloneNode(true));
    button.removeAttribute('id');
    button.hidden = false;
  });
  document.addEventListener('click', function (e) {
    var button = e.target.closest ? e.target.closest('.copy') : null;
    if (!button) { return; }
    var code = button.parentNode.querySelector('code');
    function done() { button.classList.add('done'); setTimeout(function () { button.classList.remove('done'); }, 1500); }
    function fallback() { select(code); try { if (document.execCommand('copy')) { done(); } } catch (err) { /* it is selected */ } }
    if (navigator.clipboard && navigator.clipboard.writeText) { navigator.clipboard.writeText(code.textContent).then(done, fallback); } else { fallback(); }
  });

  // The section that holds what the address names is shown, and what is folded or filtered around it opens
  function show(section) {
    all('.tab').forEach(function (tab) { tab.classList.toggle('current', tab === section); });
    all('.top nav a').forEach(function (a) {
      if (a.getAttribute('href') === '#' + section.id) { a.setAttribute('aria-current', 'page'); a.parentNode.parentNode.parentNode.scrollLeft = a.offsetLeft - 40; } else { a.removeAttribute('aria-current'); }
    });
    var map = section.id === 'map' ? section.querySelector('.map') : null; // wider than the window: begin at its middle
    if (map) { map.scrollLeft = (map.scrollWidth - map.clientWidth) / 2; }
  }
  function go() {
    var place = address();
    var target = place.id ? document.getElementById(place.id) : null;
    var section = target && target.closest('.tab');
    if (!section) {
      if (!document.querySelector('.tab.current')) { show(document.getElementById('summary')); }
      return;
    }
    show(section);
    if (form && place.id === 'findings') { restore(place.filters); }
    if (table && place.id === 'devices') { restoreDevices(place.filters); }
    if (target.hidden || target.closest('[hidden]')) {
      if (form) { restore(new URLSearchParams()); }
      if (table) { restoreDevices(new URLSearchParams()); }
    }
    for (var node = target; node; node = node.parentElement) { if (node.tagName === 'DETAILS') { node.open = true; } }
    var inner = target.matches('.findings > li') ? target.querySelector('details') : null;
    if (inner) { inner.open = true; }
    if (target === section) { window.scrollTo(0, 0); } else { target.scrollIntoView(); }
  }
  window.addEventListener('hashchange', go);
  go();

  // Paper shows everything that is printed. The style hides the rest; a browser still takes a minute to read thousands of
  // hidden elements for a tagged PDF, so they leave the page until it is printed.
  var opened = [], away = [];
  function unprinted() {
    var choice = document.querySelector('input[name="print"]:checked').value;
    return choice === 'summary' ? all('main > :not(#summary)') : choice === 'report' ? all('.appendix') : [];
  }
  window.addEventListener('beforeprint', function () {
    away = unprinted().map(function (node) { var mark = document.createComment(''); node.replaceWith(mark); return [mark, node]; });
    opened = all('details:not([open])');
    opened.forEach(function (d) { d.open = true; });
  });
  window.addEventListener('afterprint', function () {
    opened.forEach(function (d) { d.open = false; });
    away.reverse().forEach(function (pair) { pair[0].replaceWith(pair[1]); });
    opened = away = [];
  });
})();
