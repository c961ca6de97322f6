/**
 * Word in `agent_details.extra_features` of an agent that may be asked for a process's status (WaitProcess) at any time from
 * ExecProcess on: it keeps the status, and output that was not read. Others forget both once the status was collected.
 */
export const KEPT_STATUS_FEATURE = 'hako.kept_status';
