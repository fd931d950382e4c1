import { useState } from 'preact/hooks';
import { API_SCOPE, PAYLOADS_SCOPE } from './identity';

interface Props {
  /** Why it is asked; empty at first. */
  readonly why: string;
  /** Takes the token, or throws what is wrong with it. */
  readonly take: (token: string) => void;
}

export function Login({ why, take }: Props) {
  const [error, setError] = useState(why);
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const token = new FormData(event.target as HTMLFormElement).get('token');
    try {
      take(typeof token === 'string' ? token : '');
    } catch (failure) {
      setError((failure as Error).message);
    }
  };
  return (
    <form class="card login" onSubmit={submit}>
      <h1>Carillon</h1>
      <label for="token">An operator’s token</label>
      <input id="token" name="token" type="password" required autocomplete="off" autofocus data-testid="token" />
      {error !== '' && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
      <button data-testid="login">Open the console</button>
      <p class="faint">
        One with the scope <code>{API_SCOPE}</code>, and <code>{PAYLOADS_SCOPE}</code> to see what messages carry:
      </p>
      <pre>carillon token --user YOU --scope "{API_SCOPE}"</pre>
      <p class="faint">It stays in this tab and goes with it.</p>
    </form>
  );
}
