import { type AddCommand, examples } from './command.js';

export const addSchema: AddCommand = (program, invoke) => {
  program
    .command('schema')
    .description('prints the JSON Schema of the configuration, for editors')
    .addHelpText(
      'after',
      examples([
        'tunpike schema > tunpike.schema.json',
        'what `# yaml-language-server: $schema=…` refers to',
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
