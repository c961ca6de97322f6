export { containerdSection, podOverheadMib } from './files.ts';
export { writeNodeImage } from './node-image.ts';
