const topics = {
  'containerd.events.TaskCheckpointed': '/tasks/checkpointed',
  'containerd.events.TaskCreate': '/tasks/create',
  'containerd.events.TaskDelete': '/tasks/delete',
  'containerd.events.TaskExecAdded': '/tasks/exec-added',
  'containerd.events.TaskExecStarted': '/tasks/exec-started',
  'containerd.events.TaskExit': '/tasks/exit',
  'containerd.events.TaskOOM': '/tasks/oom',
  'containerd.events.TaskPaused': '/tasks/paused',
  'containerd.events.TaskResumed': '/tasks/resumed',
  'containerd.events.TaskStart': '/tasks/start',
} as const;

/** Full name of an event that a shim publishes. */
export type TaskEventType = keyof typeof topics;

/** Topic an event goes to, by its type's full name; undefined for a type that is no task event. */
export function topicOfTaskEvent(typeName: string): string | undefined {
  return Object.hasOwn(topics, typeName) ? topics[typeName as TaskEventType] : undefined;
}
