export { type BuildGuestOptions, type BuildGuestResult, buildGuest } from './build-guest.ts';
export {
  GuestImageError,
  type GuestImageErrorCode,
  type GuestImageErrorFacts,
  isGuestImageError,
} from './guest-image-error.ts';
export { type GuestFile, type GuestManifest, readManifest } from './manifest.ts';
