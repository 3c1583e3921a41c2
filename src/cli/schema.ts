import { type AddCommand, examples } from './command.js';

export const addSchema: AddCommand = (program, invoke) => {
  program
    .command('schema')
    .description('print the JSON Schema of the configuration, for editors')
    .addHelpText(
      'after',
      examples([
        'tunpike schema > tunpike.schema.json',
        'for `# yaml-language-server: $schema=…` in a configuration',
      ]),
    )
    .action(() =>
      invoke(async (terminal) => {
        const { jsonSchema } = await import('../config/json-schema.js');
        terminal.printJson(jsonSchema());
        return 0;
      }),
    );
};
