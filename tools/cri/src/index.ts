export { ContainerdCri, image } from './containerd-cri.ts';
export {
  type ContainerdConfiguration,
  ContainerdDaemon,
  type ContainerdOptions,
} from './containerd-daemon.ts';
export { CriClient } from './cri-client.ts';
export { CriPod, type ExecResult, namespaceMode } from './cri-pod.ts';
export { CriStream, type StreamResult } from './cri-stream.ts';
