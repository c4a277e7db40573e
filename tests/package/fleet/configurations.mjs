// @ts-check
/** The configurations of nginx: of a node of the hub, and of the load balancer before the nodes. */

/** What is the same in both: a process that stays with the one that started it, and its folder. */
const common = (/** @type {string} */ folder) => `
${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log warn;
events { worker_connections 4096; }
`

/** Where nginx keeps what it cannot pass on at once. */
const temporary = (/** @type {string} */ folder) =>
  ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join('\n  ')

/**
 * @param {object} of
 * @param {string} of.folder
 * @param {string} of.module the path of nchan
 * @param {number} of.port
 * @param {number} of.redis its port
 * @param {string} of.hub the directives of the hub, those that docs/fleet.md shows
 */
export function nodeConfiguration({ folder, module, port, redis, hub }) {
  return `load_module ${module};
${common(folder)}
http {
  ${temporary(folder)}
  access_log off;
  ${hub.replace('redis.internal:6379', `127.0.0.1:${redis}`).replace('listen 8080;', `listen 127.0.0.1:${port};`)}
}
`
}

/**
 * @param {object} of
 * @param {string} of.folder
 * @param {number} of.port
 * @param {number[]} of.nodes their ports
 * @param {string} of.root the folder whose files it serves
 * @param {string} of.balancer the directives, those that docs/fleet.md shows
 */
export function balancerConfiguration({ folder, port, nodes, root, balancer }) {
  const [first, second] = nodes
  return `${common(folder)}
http {
  ${temporary(folder)}
  types { text/javascript js mjs; text/html html; }
  # When each request came, and from whom, told once it is over.
  log_format arrivals '$msec $request_time $status $arg_group';
  access_log off;
  ${balancer
    .replace('node-1.internal:8080', `127.0.0.1:${first}`)
    .replace('node-2.internal:8080', `127.0.0.1:${second}`)
    .replace('listen 80;', `listen 127.0.0.1:${port};\n    root ${root};`)
    .replace('location /events {', `location /events {\n      access_log ${folder}/arrivals.log arrivals;`)}
}
`
}
