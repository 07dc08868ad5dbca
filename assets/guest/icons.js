// Drawn on one grid of 24 units, in strokes of 1.75: they take the colour of the text beside them. All of them are decoration; what a control
// does is always said in words.

export const paths = {
  shield: 'M12 3.2 5 6v5.4c0 4.3 2.9 7.9 7 9.4 4.1-1.5 7-5.1 7-9.4V6zM9 12.1l2.2 2.2 4-4.3',
  eye: 'M2.8 12S6.2 5.8 12 5.8 21.2 12 21.2 12 17.8 18.2 12 18.2 2.8 12 2.8 12zM12 14.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2z',
  eyeOff: 'M4 4l16 16M9.9 6.1A8.6 8.6 0 0 1 12 5.8c5.8 0 9.2 6.2 9.2 6.2a16 16 0 0 1-2.6 3.3M6.3 7.7A16 16 0 0 0 2.8 12s3.4 6.2 9.2 6.2a8.8 8.8 0 0 0 4-1',
  phone: 'M6.3 4.2h2.6l1.3 3.6-1.8 1.5a11.5 11.5 0 0 0 6.3 6.3l1.5-1.8 3.6 1.3v2.6a2 2 0 0 1-2.2 2A15.6 15.6 0 0 1 4.3 6.4a2 2 0 0 1 2-2.2z',
  camera: 'M4.8 6.8h8.4a2 2 0 0 1 2 2v6.4a2 2 0 0 1-2 2H4.8a2 2 0 0 1-2-2V8.8a2 2 0 0 1 2-2zM15.2 10.8l6-3.3v9l-6-3.3z',
  cameraOff: 'M4 4l16 16M9.4 6.8h3.8a2 2 0 0 1 2 2v2l6-3.3v9l-3-1.7M15 16a2 2 0 0 1-1.8 1.2H4.8a2 2 0 0 1-2-2V8.8A2 2 0 0 1 4.6 6.8',
  microphone: 'M12 3.5a2.8 2.8 0 0 1 2.8 2.8v5a2.8 2.8 0 0 1-5.6 0v-5A2.8 2.8 0 0 1 12 3.5zM5.8 11.3a6.2 6.2 0 0 0 12.4 0M12 17.5v3.2',
  microphoneOff: 'M4 4l16 16M9.2 9.2v2.1a2.8 2.8 0 0 0 4.6 2.2M14.8 10.8V6.3a2.8 2.8 0 0 0-5.3-1.2M5.8 11.3a6.2 6.2 0 0 0 9.5 5.2M18.2 11.3a6.2 6.2 0 0 1-.7 2.9M12 17.5v3.2',
  chat: 'M20.5 11.6c0 4-3.8 7.2-8.5 7.2-1.2 0-2.4-.2-3.4-.6L4 19.6l1.2-3.7a6.6 6.6 0 0 1-1.7-4.3c0-4 3.8-7.2 8.5-7.2s8.5 3.2 8.5 7.2zM8.6 11.6h.1M12 11.6h.1M15.4 11.6h.1',
  text: 'M4.5 6.5h15M4.5 12h15M4.5 17.5h9',
  send: 'M4 12 20 4.5 15.5 20l-3.8-6.2zM11.7 13.8 20 4.5',
  door: 'M6 20.5V4.8A1.3 1.3 0 0 1 7.3 3.5h9.4A1.3 1.3 0 0 1 18 4.8v15.7M3.5 20.5h17M14.5 12h.1',
  hang: 'M12 9.2c-3.6 0-6.7 1-9 2.9-.5.4-.6 1-.3 1.6l1.2 2.2c.3.5.9.7 1.5.5l2.6-1c.5-.2.8-.6.8-1.1v-1.7a11 11 0 0 1 6.4 0v1.7c0 .5.3.9.8 1.1l2.6 1c.6.2 1.2 0 1.5-.5l1.2-2.2c.3-.6.2-1.2-.3-1.6-2.3-1.9-5.4-2.9-9-2.9z',
  close: 'M6 6l12 12M18 6 6 18',
  warning: 'M12 4 2.8 19.5h18.4zM12 10v4.2M12 16.9h.1',
  clock: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2',
  leaf: 'M5 19c0-8 4.5-13.5 14.5-14.5C20 14.5 14.5 19 7 18.5M5 20.5c.8-4.5 4-8.5 8.5-10.5',
  link: 'M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.2-1.2',
};

/** @param {IconName} name */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}
