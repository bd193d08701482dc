// Every key of the page, in one table: what is pressed, what it does, and what the help overlay says.

export interface Key {
  /** As `KeyboardEvent.key`. */
  keys: string[];
  says: string;
  act?: () => void;
}

export interface KeyGroup {
  title: string;
  keys: Key[];
}

const KEPT = 'clinlink.single-keys';

/** Single letters may clash with a screen reader or with dictation: they can be turned off (WCAG 2.1.4). */
export const singleKeys = $state({ on: localStorage.getItem(KEPT) !== 'off' });

export function setSingleKeys(on: boolean) {
  singleKeys.on = on;
  localStorage.setItem(KEPT, on ? 'on' : 'off');
}

const TYPING = 'input, textarea, select, [contenteditable]';

/** Acts on the first key of the groups that fits; says whether one did. */
export function press(event: KeyboardEvent, groups: KeyGroup[]): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  const target = event.target as Element | null;
  if (target?.closest(TYPING) || target?.closest('dialog')) return false;
  if (!singleKeys.on && event.key.length === 1) return false;
  for (const group of groups) {
    for (const key of group.keys) {
      if (!key.act || !key.keys.includes(event.key)) continue;
      event.preventDefault();
      key.act();
      return true;
    }
  }
  return false;
}

/** A key as it is printed on keyboards. */
export function printed(key: string): string {
  const names: Record<string, string> = {
    ArrowLeft: '←',
    ArrowRight: '→',
    ArrowUp: '↑',
    ArrowDown: '↓',
    Escape: 'Esc',
    ' ': 'Space',
  };
  return names[key] ?? key;
}
