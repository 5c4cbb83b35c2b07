import { problemsOf } from '@belkluis/shared/base/problem';

/** What can be wrong with what is brought of software. Nothing of a file that is refused is kept. */
export const problem = problemsOf({
  software_file_large: 'The file is larger than 16 MiB. Bring it in parts.',
  sbom_unreadable: 'The file is no CycloneDX list of packages in JSON. Bring the one that came with the release.',
  sbom_of_another:
    'The list is of another program, or says no version or time. Bring the one that came with a release of Belkluis.',
  advisories_unreadable:
    'The file holds no advisories in the OSV format (ossf.github.io/osv-schema). Bring one, or an array of them, as JSON.',
});
