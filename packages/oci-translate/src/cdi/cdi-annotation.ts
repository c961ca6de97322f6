/** True for the key of an annotation that names devices: `cdi.k8s.io/…`. CDI's `pkg/cdi/annotations.go`, Kata. */
export function isCdiAnnotation(key: string): boolean {
  return key.startsWith('cdi.k8s.io/');
}
