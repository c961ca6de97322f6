export { constants } from '../files/constants.ts';
export {
  appendFileSync,
  closeSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from '../files/file.ts';
export { type StatsFs, statfsSync } from '../files/file-system.ts';
export { type Dirent, mkdirSync, readdirSync, rmdirSync, rmSync } from '../files/folder.ts';
export {
  chmodSync,
  chownSync,
  lchownSync,
  readlinkSync,
  realpathSync,
  renameSync,
  symlinkSync,
  unlinkSync,
} from '../files/name.ts';
export { existsSync, lstatSync, type Stats, statSync } from '../files/stat.ts';
