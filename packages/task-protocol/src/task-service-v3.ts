import { Task } from './gen/runtime/task/v2/shim.ts';

/** The task service as a shim of version 3 must name it; the messages are those of version 2. */
export interface TaskServiceV3 {
  readonly name: 'containerd.task.v3.Task';
  readonly methods: Task['methods'];
}
export const TaskServiceV3: TaskServiceV3 = { name: 'containerd.task.v3.Task', methods: Task.methods };
