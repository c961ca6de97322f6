export { GetPodResourcesResponse } from '../gen/pod-resources.ts';
export { FakeKubelet, type FakeKubeletAnswer, type FakeKubeletAnswers } from './fake-kubelet.ts';
