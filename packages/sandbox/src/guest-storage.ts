/** Something for the agent to mount in the guest (field names of grpc.Storage). */
export interface GuestStorage {
  readonly driver: string;
  readonly source: string;
  readonly fstype: string;
  readonly options: string[];
  readonly mountPoint: string;
  readonly fsGroup?: { readonly groupId: number };
}
