import { useEffect, type ReactNode } from 'react';
import { AppIcon } from '../ui/app-icon.tsx';

interface PageHeaderProps {
  menu: ReactNode;
  title: string;
  icon?: string | undefined;
  /** Only names the page in the browser: its heading stands in the page. */
  isQuiet?: boolean;
  children?: ReactNode;
}

/** The line at the top of a page; also names the page in the browser's tab. */
export function PageHeader({ menu, title, icon, isQuiet = false, children }: PageHeaderProps): ReactNode {
  useEffect(() => {
    document.title = title === 'Parley' ? title : `${title} · Parley`;
  }, [title]);
  return (
    <header className={isQuiet ? 'page-header quiet' : 'page-header'}>
      {menu}
      {!isQuiet && (
        <h1 className="page-title">
          {icon && <AppIcon icon={icon} size="small" />}
          <span dir="auto">{title}</span>
        </h1>
      )}
      {children}
    </header>
  );
}
