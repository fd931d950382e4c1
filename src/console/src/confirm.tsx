// Every action is asked for twice, and says why: that goes into the audit log with it.
import { createContext, type ComponentChildren } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';

export interface Field {
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  /** For a choice; free text otherwise. */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly long?: boolean;
  readonly optional?: boolean;
}

/** Something that changes what others have. */
export interface Action {
  readonly title: string;
  /** What will happen, and whether it can be undone. */
  readonly effect: ComponentChildren;
  /** On the button. */
  readonly verb: string;
  readonly danger?: boolean;
  readonly fields?: readonly Field[];
  /** Does it; resolves with what came of it, in a sentence. */
  readonly run: (given: Readonly<Record<string, string>>, reason: { readonly reason?: string }) => Promise<string>;
  /** After it was done. */
  readonly done?: () => void;
}

const ConfirmContext = createContext<(action: Action) => void>(() => {});

/** Asks before an action, and does it. */
export const useConfirm = (): ((action: Action) => void) => useContext(ConfirmContext);

export function Confirming({ who, children }: { readonly who: string; readonly children: ComponentChildren }) {
  const [action, setAction] = useState<Action>();
  const [told, setTold] = useState('');
  const ask = useCallback((asked: Action) => setAction(asked), []);
  useEffect(() => {
    if (told === '') return;
    const timer = setTimeout(() => setTold(''), 8000);
    return () => clearTimeout(timer);
  }, [told]);
  return (
    <ConfirmContext.Provider value={ask}>
      {children}
      {action !== undefined && (
        <Dialog
          key={action.title}
          action={action}
          who={who}
          close={(outcome) => {
            setAction(undefined);
            if (outcome !== undefined) {
              setTold(outcome);
              action.done?.();
            }
          }}
        />
      )}
      <div class="toast" role="status" data-testid="told" hidden={told === ''}>
        {told}
      </div>
    </ConfirmContext.Provider>
  );
}

interface DialogProps {
  readonly action: Action;
  readonly who: string;
  readonly close: (outcome?: string) => void;
}

function Dialog({ action, who, close }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState('');
  useEffect(() => element.current?.showModal(), []);

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const given = Object.fromEntries([...form].map(([name, value]) => [name, typeof value === 'string' ? value : '']));
    const reason = given['reason']?.trim() ?? '';
    setBusy(true);
    setError('');
    action
      .run(given, reason === '' ? {} : { reason })
      .then(close, (failure: unknown) => setError((failure as Error).message))
      .finally(() => setBusy(false));
  };

  return (
    <dialog ref={element} onClose={() => close()} aria-labelledby="asked" data-testid="confirm">
      <form onSubmit={submit}>
        <h2 id="asked">{action.title}</h2>
        <p>{action.effect}</p>
        {action.fields?.map((field) => (
          <Asked key={field.name} field={field} />
        ))}
        <label>
          Reason <small>for the audit log; may be empty</small>
          <input name="reason" maxLength={200} autocomplete="off" />
        </label>
        <p class="faint">It is written down in the audit log as done by {who}.</p>
        {error !== '' && (
          <p class="error" role="alert">
            {error}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="quiet" onClick={() => element.current?.close()}>
            Cancel
          </button>
          <button class={action.danger === true ? 'danger' : ''} disabled={busy} data-testid="do-it">
            {action.verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function Asked({ field }: { readonly field: Field }) {
  const { name, label, value = '', options, long = false, optional = false } = field;
  return (
    <label>
      {label}
      {options !== undefined ? (
        <select name={name}>
          {options.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      ) : long ? (
        <textarea name={name} rows={4} required={!optional} defaultValue={value} spellcheck={false} />
      ) : (
        <input name={name} required={!optional} defaultValue={value} autocomplete="off" />
      )}
    </label>
  );
}
