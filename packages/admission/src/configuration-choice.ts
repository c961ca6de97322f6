/** What a caller says about the configuration that is to count. */
export interface ConfigurationChoice {
  /** configuration.toml to use in place of the search. */
  readonly config?: string;
  /** Unknown keys of the configuration are warnings. Default false. */
  readonly lenient?: boolean;
}
