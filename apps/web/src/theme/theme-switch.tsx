import type { ReactNode } from 'react';
import { Icon } from '../ui/icon.tsx';
import { setTheme, themes, useTheme, type Theme } from './theme.ts';

const faces = {
  system: ['screen', 'As the device'],
  light: ['sun', 'Light'],
  dark: ['moon', 'Dark'],
} as const;

export function ThemeSwitch(): ReactNode {
  const current = useTheme();
  return (
    <fieldset className="theme-switch">
      <legend className="visually-hidden">Theme</legend>
      {themes.map((theme) => (
        <ThemeChoice key={theme} theme={theme} isCurrent={theme === current} />
      ))}
    </fieldset>
  );
}

function ThemeChoice({ theme, isCurrent }: { theme: Theme; isCurrent: boolean }): ReactNode {
  const [icon, words] = faces[theme];
  return (
    <label title={words}>
      <input
        type="radio"
        name="theme"
        checked={isCurrent}
        onChange={() => setTheme(theme)}
        aria-label={words}
      />
      <Icon name={icon} />
    </label>
  );
}
