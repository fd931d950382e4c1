import { useState } from 'react';
import { idOf, type User } from './session';

export function Login({ onEnter }: { onEnter: (user: User) => void }) {
  const [name, setName] = useState('');
  return (
    <main className="welcome">
      <section className="card">
        <img src="/demo/icon.svg" alt="" width="44" height="44" />
        <h1>Carillon</h1>
        <p>
          Five small applications on one real-time gateway, each with the twenty lines that make it work. Any name will
          do: open this page in another tab, or on another node, and be somebody else there.
        </p>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (idOf(name) !== '') onEnter({ id: idOf(name), name: name.trim() });
          }}
        >
          <label htmlFor="name">Your name</label>
          <div className="row">
            <input
              id="name"
              data-testid="name"
              value={name}
              onChange={({ target }) => setName(target.value)}
              required
              maxLength={40}
              placeholder="Ada"
              autoComplete="off"
              autoFocus
            />
            <button data-testid="login">Enter</button>
          </div>
        </form>
      </section>
    </main>
  );
}
