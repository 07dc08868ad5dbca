// Camera and microphone of this phone or computer.

export class MediaFailure extends Error {
  /** @param {Device} device @param {MediaProblem} problem */
  constructor(device, problem) {
    super(`${device} ${problem}`);
    this.device = device;
    this.problem = problem;
  }
}

const wishes = {
  microphone: { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } },
  camera: { video: { facingMode: 'user', width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } } },
};

/** @param {unknown} error @returns {MediaProblem} */
function problemOf(error) {
  const name = error instanceof Error ? error.name : '';
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'refused';
  if (name === 'NotReadableError' || name === 'AbortError') return 'busy';
  return 'absent';
}

export class Media {
  constructor() {
    /** @type {{ camera: MediaStreamTrack | null, microphone: MediaStreamTrack | null }} */
    this.tracks = { camera: null, microphone: null };
    /** What the preview shows; the same stream for as long as the page lives. */
    this.picture = new MediaStream();
    /** @type {(device: Device, problem: MediaProblem | null) => void} a device came, went or was unplugged */
    this.changed = () => {};
    /** @type {AudioContext | null} */
    this.context = null;
  }

  /**
   * Asks for the given devices. In one question where the browser can: two in a row frighten.
   * @param {Device[]} devices
   * @returns {Promise<MediaFailure | null>} the trouble with the camera, if at least the microphone works
   */
  async open(devices) {
    const missing = devices.filter((device) => !this.tracks[device]);
    if (!missing.length) return null;
    try {
      await this.ask(missing);
      return null;
    } catch (error) {
      const problem = problemOf(error);
      if (missing.length === 1) throw new MediaFailure(/** @type {Device} */ (missing[0]), problem);
      if (problem === 'refused') throw new MediaFailure('camera', problem);
      // Nothing says which of the two it was. A voice alone is a session as well.
      await this.open(['microphone']);
      return new MediaFailure('camera', problem);
    }
  }

  /** @param {Device[]} devices */
  async ask(devices) {
    if (!navigator.mediaDevices) throw new Error('absent');
    const stream = await navigator.mediaDevices.getUserMedia(Object.assign({}, ...devices.map((device) => wishes[device])));
    for (const track of stream.getTracks()) {
      const device = track.kind === 'video' ? 'camera' : 'microphone';
      this.close(device);
      this.tracks[device] = track;
      if (device === 'camera') this.picture.addTrack(track);
      track.onended = () => this.gone(device, track);
      this.changed(device, null);
    }
  }

  /** Unplugged, or taken away in the browser's settings. @param {Device} device @param {MediaStreamTrack} track */
  gone(device, track) {
    if (this.tracks[device] !== track) return;
    this.close(device);
    this.changed(device, 'absent');
  }

  /** Really stops a device: its light goes out. @param {Device} device */
  close(device) {
    const track = this.tracks[device];
    if (!track) return;
    this.tracks[device] = null;
    track.onended = null;
    track.stop();
    if (device === 'camera') this.picture.removeTrack(track);
    this.changed(device, null);
  }

  closeAll() {
    this.changed = () => {};
    this.close('camera');
    this.close('microphone');
    if (this.context) void this.context.close().catch(() => {});
    this.context = null;
  }

  /** Mutes without letting the microphone go, so that speaking again needs no second. @param {boolean} on */
  listen(on) {
    if (this.tracks.microphone) this.tracks.microphone.enabled = on;
  }

  get speaking() {
    return !!this.tracks.microphone && this.tracks.microphone.enabled;
  }

  /**
   * Tells how loud the microphone is, from 0 to 1, with each picture of the screen.
   * @param {(level: number) => void} tell @returns {() => void} stops it
   */
  meter(tell) {
    const track = this.tracks.microphone;
    if (!track || !window.AudioContext) return () => {};
    const context = this.context || new AudioContext();
    this.context = context;
    void context.resume().catch(() => {});
    const source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let frame = 0;
    const look = () => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, s) => sum + s * s, 0) / samples.length;
      // Decibels from -60 to -10: what a person speaks at fills most of the bar.
      tell(Math.min(1, Math.max(0, (10 * Math.log10(power + 1e-9) + 60) / 50)));
      frame = requestAnimationFrame(look);
    };
    look();
    return () => {
      cancelAnimationFrame(frame);
      source.disconnect();
    };
  }
}
