// The page at "/" of local running: sign in (authorization code with PKCE) and list the chat apps.
const client = 'local';
const issuer = `${location.origin}/local/sign-in`;
const home = `${location.origin}/`;
const element = (id) => document.getElementById(id);

const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

async function signIn() {
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const state = base64url(crypto.getRandomValues(new Uint8Array(12)));
  sessionStorage.setItem('sign-in', JSON.stringify({ verifier, state }));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const query = new URLSearchParams({
    client_id: client,
    redirect_uri: home,
    response_type: 'code',
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
    state,
  });
  location.assign(`${issuer}/oauth2/authorize?${query}`);
}

async function finishSignIn() {
  const query = new URLSearchParams(location.search);
  const code = query.get('code');
  if (!code) return;
  const { verifier, state } = JSON.parse(sessionStorage.getItem('sign-in') ?? '{}');
  sessionStorage.removeItem('sign-in');
  history.replaceState(null, '', '/');
  if (!state || query.get('state') !== state) return;
  const answer = await fetch(`${issuer}/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: client,
      redirect_uri: home,
      code,
      code_verifier: verifier,
    }),
  });
  if (answer.ok) sessionStorage.setItem('token', (await answer.json()).access_token);
}

function userOf(token) {
  const claims = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
  return JSON.parse(atob(claims)).username;
}

async function showApps(token) {
  const list = element('apps');
  const answer = await fetch('/api/chat-apps', { headers: { authorization: `Bearer ${token}` } });
  const body = await answer.json().catch(() => ({}));
  if (answer.status === 401) return signOut();
  if (!answer.ok) {
    list.replaceChildren(item(body.error?.message ?? `The list cannot be read: ${answer.status}.`));
    return;
  }
  const apps = body.chatApps ?? [];
  list.replaceChildren(...apps.map((app) => item(`${app.title} (${app.id}): ${app.description}`)));
  if (apps.length === 0) list.replaceChildren(item('None is registered.'));
  element('example').textContent = apps[0]?.id ?? '<app>';
}

function item(text) {
  const line = document.createElement('li');
  line.textContent = text;
  return line;
}

function signOut() {
  sessionStorage.removeItem('token');
  location.reload();
}

element('api').textContent = location.origin;
element('sign-in').addEventListener('click', () => void signIn());
element('sign-out').addEventListener('click', signOut);
await finishSignIn();
const token = sessionStorage.getItem('token');
if (token) {
  element('who').textContent = `Signed in as ${userOf(token)}.`;
  element('sign-in').hidden = true;
  element('sign-out').hidden = false;
  await showApps(token);
}
