/** A rate for speech: a second and a half is 24 KB, which fits into one message of a node's usual settings. */
export const RATE = 8000;
export const SECONDS = 1.5;

/** Samples from -1 to 1 as a WAV of 16 bits and one channel. */
export function wavOf(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(44 + samples.length * 2);
  const view = new DataView(bytes.buffer);
  const text = (at: number, tag: string): void =>
    tag.split('').forEach((char, i) => view.setUint8(at + i, char.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, bytes.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) =>
    view.setInt16(44 + i * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32767), true),
  );
  return bytes;
}

/** Two tones with a pause between: half a second of 440 Hz, half a second of nothing, half a second of 440 Hz. */
export function tones(): Float32Array {
  return Float32Array.from({ length: RATE * SECONDS }, (_, i) => {
    const silent = i >= RATE / 2 && i < RATE;
    return silent ? 0 : 0.5 * Math.sin((2 * Math.PI * 440 * i) / RATE);
  });
}

/** What the microphone hears for a second and a half; the browser asks its user first. */
export async function record(): Promise<Float32Array> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  try {
    const recorder = new MediaRecorder(stream);
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const stopped = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.start();
    setTimeout(() => recorder.stop(), SECONDS * 1000);
    await stopped;
    const encoded = await new Blob(parts).arrayBuffer();
    const decoded = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(encoded);
    return decoded.getChannelData(0).slice(0, RATE * SECONDS);
  } finally {
    stream.getTracks().forEach((track) => track.stop());
  }
}
