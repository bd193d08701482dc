// The page's address and the view that it names.

export type Route =
  | { view: 'list' }
  | { view: 'episode'; id: string; review: string | null }
  | { view: 'compare'; id: string }
  | { view: 'users' }
  | { view: 'engines' }
  | { view: 'unknown' };

export function routeOf(path: string, query: string): Route {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const [first, id, more] = parts;
  if (first === undefined) return { view: 'list' };
  if (first === 'episodes' && id !== undefined) {
    if (more === 'compare') return { view: 'compare', id };
    return { view: 'episode', id, review: new URLSearchParams(query).get('review') };
  }
  if (parts.length === 1 && (first === 'users' || first === 'engines')) return { view: first };
  return { view: 'unknown' };
}

let address = $state({ path: location.pathname, query: location.search });
addEventListener('popstate', () => {
  address = { path: location.pathname, query: location.search };
});

export const route = {
  get now(): Route {
    return routeOf(address.path, address.query);
  },
};

export function go(to: string) {
  history.pushState(null, '', to);
  address = { path: location.pathname, query: location.search };
  scrollTo(0, 0);
}

/** Follows the page's own links without loading the page again. */
export function followLinks(event: MouseEvent) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const link = (event.target as Element | null)?.closest('a');
  if (!link || link.origin !== location.origin || link.target || link.hasAttribute('download')) return;
  if (link.pathname.startsWith('/api/')) return;
  event.preventDefault();
  go(link.pathname + link.search);
}

export const episodePath = (id: string, more = '') => `/episodes/${encodeURIComponent(id)}${more}`;
