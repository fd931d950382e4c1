/** Takes server-sent events apart, however the text is cut; comments and other fields than `event` and `data` are skipped. */
export class EventStream {
  #rest = '';
  #name = '';
  #data: string[] = [];

  constructor(private readonly event: (name: string, data: string) => void) {}

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    lines.forEach((line) => this.#line(line));
  }

  #line(line: string): void {
    if (line.startsWith('data: ')) {
      this.#data.push(line.slice(6));
    } else if (line.startsWith('event: ')) {
      this.#name = line.slice(7);
    } else if (line === '') {
      const [name, data] = [this.#name || 'message', this.#data];
      this.#name = '';
      this.#data = [];
      if (data.length > 0) {
        this.event(name, data.join('\n'));
      }
    }
  }
}
