import { useEffect, type ReactNode } from 'react';

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
          {icon && (
            <span className="app-icon small" aria-hidden="true">
              {icon}
            </span>
          )}
          <span>{title}</span>
        </h1>
      )}
      {children}
    </header>
  );
}
