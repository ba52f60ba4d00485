import { createRoot } from 'react-dom/client';
import { applyTheme } from './theme/theme.ts';
import './theme/tokens.css';
import './theme/base.css';
import './ui/controls.css';
import { Site } from './site/site.tsx';

applyTheme();
const root = document.getElementById('root');
if (root) createRoot(root).render(<Site />);
