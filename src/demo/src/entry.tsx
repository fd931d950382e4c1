interface Props {
  readonly id: string;
  readonly label: string;
  readonly button: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onSubmit: () => void;
  readonly disabled?: boolean;
  readonly maxLength?: number;
  /** One of many: its button stands back. */
  readonly quiet?: boolean;
}

/** One line to write, and a button. */
export function Entry({
  id,
  label,
  button,
  value,
  onChange,
  onSubmit,
  disabled = false,
  maxLength = 200,
  quiet = false,
}: Props) {
  return (
    <form
      className="row"
      onSubmit={(event) => {
        event.preventDefault();
        if (value.trim() !== '') onSubmit();
      }}
    >
      <label className="unseen" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        placeholder={label}
        maxLength={maxLength}
        disabled={disabled}
        autoComplete="off"
        enterKeyHint="send"
      />
      <button className={quiet ? 'quiet' : undefined} disabled={disabled} data-testid={`${id}-submit`}>
        {button}
      </button>
    </form>
  );
}
